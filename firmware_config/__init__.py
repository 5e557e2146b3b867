"""What goes onto a card, and how it gets there."""
