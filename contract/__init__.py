"""The words the edge and the centre share: messages, scenarios and topics, nothing else."""
