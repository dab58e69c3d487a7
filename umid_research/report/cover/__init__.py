"""What a report says of itself: what it is, who made it, the plan in a few lines, the words."""
