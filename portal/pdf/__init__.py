"""Records on paper: the only place that imports WeasyPrint."""
