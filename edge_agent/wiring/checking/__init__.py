"""The checks behind `doctor`: each looks at one thing in the world and says what it found."""
