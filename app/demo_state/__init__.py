"""What a process stands on: a workspace of its own, or a demo, whose clock is moved."""
