"""What `warmline doctor` looks at: each part says what it found, and how what is wrong is mended."""
