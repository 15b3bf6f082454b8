resource "google_container_cluster" "this" {
  project    = var.project
  name       = var.name
  location   = var.region
  network    = var.network
  subnetwork = var.subnetwork
  # Google keeps the nodes patched; nobody has a shell on them.
  enable_autopilot = true
  # Deleting the cluster by a plan that nobody read is refused.
  deletion_protection = var.is_prod
  # Network policies are enforced in the kernel, on every node, and cannot be left out.
  datapath_provider = "ADVANCED_DATAPATH"
  # Nodes pull images and write logs as themselves, not as the project's editor that Google makes.
  cluster_autoscaling {
    auto_provisioning_defaults {
      service_account = var.node_email
      oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    }
  }
  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
  }
  release_channel {
    channel = var.is_prod ? "STABLE" : "REGULAR"
  }
  # Nodes have no external address: a port that a pod opens by mistake is not on the Internet.
  private_cluster_config {
    enable_private_nodes = true
  }
  # The control plane answers by its name, where Google asks who it is: no address is open to try.
  control_plane_endpoints_config {
    dns_endpoint_config {
      allow_external_traffic = true
    }
    ip_endpoints_config {
      enabled = false
    }
  }
  # A pod has its own identity and no key that could be stolen.
  workload_identity_config {
    workload_pool = "${var.project}.svc.id.goog"
  }
  gateway_api_config {
    channel = "CHANNEL_STANDARD"
  }
  # Only images that the policy names run; without it the cluster pulls what anybody wrote down.
  binary_authorization {
    evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"
  }
}

# Dev says what prod would refuse, and goes on; prod refuses.
resource "google_binary_authorization_policy" "this" {
  project                       = var.project
  global_policy_evaluation_mode = "ENABLE"
  default_admission_rule {
    evaluation_mode  = "ALWAYS_DENY"
    enforcement_mode = var.is_prod ? "ENFORCED_BLOCK_AND_AUDIT_LOG" : "DRYRUN_AUDIT_LOG_ONLY"
  }
  dynamic "admission_whitelist_patterns" {
    for_each = var.image_patterns
    content {
      name_pattern = admission_whitelist_patterns.value
    }
  }
}

# An account of Kubernetes acts as one of Google's: this one pair each, no wildcard.
resource "google_service_account_iam_member" "workload" {
  for_each           = var.workloads
  service_account_id = "projects/${var.project}/serviceAccounts/${each.value.email}"
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${google_container_cluster.this.workload_identity_config[0].workload_pool}[${each.value.account}]"
}

resource "google_project_iam_member" "nodes" {
  project = var.project
  role    = "roles/container.defaultNodeServiceAccount"
  member  = "serviceAccount:${var.node_email}"
}
