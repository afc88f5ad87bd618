"""What stands for the outside world in the demo: everybody's inbox, and participants who answer."""
