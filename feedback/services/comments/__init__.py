"""What one named person does with free texts: reads, decides, releases. Never sees a person or a right to answer."""
