"""How a paper looks: written as page, PDF, spreadsheet and plain text. Decides nothing about what it says."""
