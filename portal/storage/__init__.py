"""The file store: the only place that touches obstore."""
