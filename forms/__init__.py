"""Everything a person fills in: the questionnaires, and the form classes that ask them."""
