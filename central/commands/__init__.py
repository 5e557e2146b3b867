"""What an operator types: one module for each verb."""
