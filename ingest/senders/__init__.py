"""Senders: the offices that send us files, and how they are asked (folder, SFTP, S3, HTTP). See ingest/README.md."""
