"""What an export has read so far, in a file, so that another run can resume it."""
