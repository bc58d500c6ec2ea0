"""Real bugs of real libraries, searched like any other issue and then graded."""
