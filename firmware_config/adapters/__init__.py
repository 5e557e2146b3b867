"""The real ends: disks, images, the device's page, NVIDIA's tool."""
