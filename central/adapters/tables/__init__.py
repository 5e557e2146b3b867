"""Tables of figures as files: CSV, XLSX and a bulletin to print."""
