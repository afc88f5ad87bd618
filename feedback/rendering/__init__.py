"""A published report in words and pictures: composed once, then written as page, PDF, spreadsheet, table and data."""
