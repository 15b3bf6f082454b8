# Run once by a person, before anything else: state, interfaces, and who plans and applies.
resource "google_storage_bucket" "state" {
  for_each = var.projects
  project  = each.value
  name     = "${each.value}-state"
  location = var.region
  # State tells everything about a project: rights are the bucket's alone, and never the world's.
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  # A state that was spoilt is taken from the version before.
  versioning {
    enabled = true
  }
  lifecycle_rule {
    condition {
      num_newer_versions = 50
    }
    action {
      type = "Delete"
    }
  }
  lifecycle {
    prevent_destroy = true
  }
}

locals {
  services = merge([
    for name, project in var.projects : { for service in var.services : "${name}/${service}" => { project = project, service = service } }
  ]...)
}

resource "google_project_service" "this" {
  for_each = local.services
  project  = each.value.project
  service  = "${each.value.service}.googleapis.com"
  # Taking a line away here must not switch off what runs.
  disable_on_destroy = false
}

module "iam" {
  for_each = var.projects
  source   = "../../modules/iam"
  project  = each.value
  # Apart, so that a pull request's plan cannot change anything.
  processes = {
    plan  = "Reads, to plan."
    apply = "Applies what was approved."
  }
  depends_on = [google_project_service.this]
}

locals {
  grants = merge([
    for name, project in var.projects : merge(
      { for role in var.plan_roles : "${name}/plan/${role}" => { project = project, role = role, email = module.iam[name].emails["plan"] } },
      { for role in var.apply_roles : "${name}/apply/${role}" => { project = project, role = role, email = module.iam[name].emails["apply"] } },
    )
  ]...)
}

# The two that make and read a project's resources cannot be given rights on what is not there yet.
resource "google_project_iam_member" "this" {
  for_each = local.grants
  project  = each.value.project
  role     = each.value.role
  member   = "serviceAccount:${each.value.email}"
}

resource "google_storage_bucket_iam_member" "state" {
  for_each = merge([
    for name, _ in var.projects : {
      "${name}/plan"  = { name = name, process = "plan", role = "roles/storage.objectViewer" }
      "${name}/apply" = { name = name, process = "apply", role = "roles/storage.objectUser" }
    }
  ]...)
  bucket = google_storage_bucket.state[each.value.name].name
  role   = each.value.role
  member = "serviceAccount:${module.iam[each.value.name].emails[each.value.process]}"
}
