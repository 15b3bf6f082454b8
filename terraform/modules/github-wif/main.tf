resource "google_iam_workload_identity_pool" "this" {
  project                   = var.project
  workload_identity_pool_id = "github"
  display_name              = "GitHub"
}

# Workflows show GitHub's word for who they are: there is no key to keep, leak or rotate.
resource "google_iam_workload_identity_pool_provider" "this" {
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.this.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_mapping = {
    "google.subject"          = "assertion.sub"
    "attribute.repository_id" = "assertion.repository_id"
  }
  # Numbers, as a name can be given up and taken by somebody else.
  attribute_condition = "assertion.repository_id == '${var.repository_id}' && assertion.repository_owner_id == '${var.owner_id}'"
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

locals {
  pool = "iam.googleapis.com/projects/${var.project_number}/locations/global/workloadIdentityPools/${google_iam_workload_identity_pool.this.workload_identity_pool_id}"
}

# A subject names the branch or the environment that the job runs for: GitHub's own gate, such as
# the approval of `production`, stands before the identity.
resource "google_service_account_iam_member" "subject" {
  for_each           = var.subjects
  service_account_id = "projects/${each.value.project}/serviceAccounts/${each.value.email}"
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://${local.pool}/subject/repo:${var.repository}:${each.value.subject}"
}

# These only read: any job of the repository may.
resource "google_service_account_iam_member" "repository" {
  for_each           = var.readers
  service_account_id = "projects/${each.value.project}/serviceAccounts/${each.value.email}"
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://${local.pool}/attribute.repository_id/${var.repository_id}"
}
