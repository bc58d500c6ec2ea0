"""Transport and leases: who works on what. It knows no search, only work units."""
