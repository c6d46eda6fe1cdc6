"""What browsers see: hosted pages, their cookies and the manual of the API."""
