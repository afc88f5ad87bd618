"""Spreadsheets as rows of text: read in a child process with limits, which alone loads the libraries that read them."""
