"""What may be erased, what is written, in which order: values in, values out."""
