locals {
  # An instance answers one request at a time and holds two connections: the sum of instances is bounded by
  # what the database leaves beside the web and the worker.
  functions = {
    audit-event = {
      entry_point = "auditEvent"
      callers     = { worker = var.members.worker }
      storage_url = var.storage_urls.audit
      memory      = "512Mi"
      seconds     = 60
      instances   = 5
      is_event    = false
    }
    export-report = {
      entry_point = "exportReport"
      callers     = { web = var.members.web, worker = var.members.worker }
      storage_url = var.storage_urls.uploads
      memory      = "1Gi"
      seconds     = 300
      instances   = 4
      is_event    = false
    }
    upload-finalized = {
      entry_point = "uploadFinalized"
      callers     = { events = var.members.events }
      storage_url = var.storage_urls.uploads
      memory      = "1Gi"
      seconds     = 120
      instances   = 4
      is_event    = true
    }
  }
  urls = {
    for name in keys(local.functions) : name => "https://${var.region}-${var.project}.cloudfunctions.net/${name}"
  }
  invokers = merge([
    for name, each in local.functions : {
      for caller, email in each.callers : "${name}/${caller}" => { function = name, email = email }
    }
  ]...)
}

# The only way from a function to the database, which has a private address alone. This version of the
# provider knows no direct way into a network for functions.
resource "google_vpc_access_connector" "functions" {
  project       = var.project
  region        = var.region
  name          = "banneton-functions"
  network       = var.network_name
  ip_cidr_range = var.connector_range
  machine_type  = "e2-micro"
  min_instances = 2
  max_instances = 3
}

resource "google_cloudfunctions2_function" "function" {
  for_each = local.functions
  project  = var.project
  location = var.region
  name     = each.key

  build_config {
    runtime     = "nodejs22"
    entry_point = each.value.entry_point
    # By default builds run as the account that may edit the whole project.
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.functions.id

    # Named by its hash: another bundle is another object, so a release is a change that a plan shows.
    source {
      storage_source {
        bucket = var.artefacts_bucket
        object = var.functions_object
      }
    }
  }

  service_config {
    service_account_email            = var.members.functions
    available_memory                 = each.value.memory
    timeout_seconds                  = each.value.seconds
    max_instance_count               = each.value.instances
    max_instance_request_concurrency = 1
    all_traffic_on_latest_revision   = true
    # From the project's own network and from Eventarc: the Internet gets no answer at all, whatever its token.
    ingress_settings              = "ALLOW_INTERNAL_ONLY"
    vpc_connector                 = google_vpc_access_connector.functions.id
    vpc_connector_egress_settings = "PRIVATE_RANGES_ONLY"

    environment_variables = merge(var.environment, {
      NODE_ENV             = "production"
      GOOGLE_CLOUD_PROJECT = var.project
      STORAGE_URL          = each.value.storage_url
      FUNCTION_AUDIENCE    = each.value.is_event ? coalesce(var.event_audience, local.urls[each.key]) : local.urls[each.key]
      FUNCTION_CALLERS     = join(",", values(each.value.callers))
    })

    # At a version: a rotation is a commit. A value in the environment would be in the state and the console.
    dynamic "secret_environment_variables" {
      for_each = var.secrets
      content {
        key        = secret_environment_variables.key
        project_id = var.project
        secret     = secret_environment_variables.value.id
        version    = secret_environment_variables.value.version
      }
    }
  }

  dynamic "event_trigger" {
    for_each = each.value.is_event ? [1] : []
    content {
      event_type            = "google.cloud.storage.object.v1.finalized"
      trigger_region        = var.region
      service_account_email = var.members.events
      # An upload that found no database is tried again, for a day.
      retry_policy = "RETRY_POLICY_RETRY"

      event_filters {
        attribute = "bucket"
        value     = var.uploads_bucket
      }
    }
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build_log,
    google_project_iam_member.event_receiver,
    google_project_iam_member.storage_publisher,
  ]
}

# Who may call, by name and by function; nobody else's token passes Google's door, and the function checks
# the token again itself.
resource "google_cloud_run_service_iam_member" "invoker" {
  for_each = local.invokers
  project  = var.project
  location = var.region
  service  = google_cloudfunctions2_function.function[each.value.function].name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${each.value.email}"
}
