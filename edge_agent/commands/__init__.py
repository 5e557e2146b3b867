"""What an installer types: one module for each verb."""
