"""Plans made by hand."""
