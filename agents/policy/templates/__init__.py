"""Program repair without a model: templates, and the order in which to try what they offer."""
