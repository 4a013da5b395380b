"""What stands in for the outside world: platforms and people that are not there."""
