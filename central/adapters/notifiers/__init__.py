"""Ways to reach people, one module each."""
