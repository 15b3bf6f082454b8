# Known while planning, and there before anybody gives it a right.
output "emails" {
  value      = { for name, _ in var.processes : name => "banneton-${name}@${var.project}.iam.gserviceaccount.com" }
  depends_on = [google_service_account.this]
}
