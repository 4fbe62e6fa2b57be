"""Making out documents with an official number: set as PDF from typed content, kept by the hash of their bytes."""
