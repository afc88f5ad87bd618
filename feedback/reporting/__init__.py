"""What a published report says, in words and pictures of no format. Reads published reports only."""
