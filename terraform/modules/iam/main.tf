# One identity a process: what one may do, another's leak does not give.
resource "google_service_account" "this" {
  for_each     = var.processes
  project      = var.project
  account_id   = "banneton-${each.key}"
  display_name = "Banneton ${each.key}"
  description  = each.value
}
