"""LinkedIn: a member's own account."""
