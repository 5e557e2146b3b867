"""Templates at central: their keys, their keeping, their way to devices."""
