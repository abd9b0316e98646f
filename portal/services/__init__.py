"""Acts: one public function per act. They never commit and never read the request."""
