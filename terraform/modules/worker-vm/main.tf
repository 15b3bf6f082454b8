locals {
  systemd = "${path.module}/../../../systemd"
  # Where Google's health checkers come from: https://cloud.google.com/load-balancing/docs/health-check-concepts
  health_check_ranges = ["35.191.0.0/16", "130.211.0.0/22"]
  port                = 9465
  labels              = { part = "banneton-worker" }
  # Values that the machine itself fixes; WORKER_HOST is for the health checkers, whom a firewall admits.
  own = { NODE_ENV = "production", WORKER_HOST = "0.0.0.0", WORKER_PORT = tostring(local.port) }
  # Names of versions, never values: metadata can be read by whoever is on the machine.
  secrets = {
    for name, each in var.secrets : name => "projects/${var.project}/secrets/${each.id}/versions/${each.version}"
  }
}

resource "google_compute_region_instance_template" "worker" {
  project      = var.project
  region       = var.region
  name_prefix  = "banneton-worker-"
  machine_type = var.machine_type
  labels       = local.labels

  disk {
    boot = true
    # The family and not an image: each replacement of the machine is also its upgrade.
    source_image = var.image
    disk_type    = "pd-balanced"
    disk_size_gb = 10
    auto_delete  = true
  }

  # No access_config, so no address of the Internet: out by NAT, in by IAP only.
  network_interface {
    subnetwork = var.subnetwork
  }

  # Boots only what is signed, and shows if it was changed.
  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  # An identity of its own, whose roles alone say what it may: scopes are of the time before.
  service_account {
    email  = var.service_account
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
  }

  metadata = {
    user-data = templatefile("${local.systemd}/cloud-init.yaml.tftpl", {
      bucket       = var.artefacts_bucket
      object       = var.worker_object
      sha256       = var.worker_sha256
      secrets      = local.secrets
      environment  = merge(var.environment, local.own)
      fetch_script = file("${local.systemd}/banneton-worker-fetch.sh")
      fetch_unit   = file("${local.systemd}/banneton-worker-fetch.service")
      worker_unit  = file("${local.systemd}/banneton-worker.service")
    })
    # People log in as themselves, and lose it with their account.
    enable-oslogin = "TRUE"
    # A key in the project's metadata would open every machine.
    block-project-ssh-keys = "TRUE"
    # A console that listens to the Internet.
    serial-port-enable = "FALSE"
    # Installs what sends the log.
    enable-osconfig = "TRUE"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# /healthz is about the process alone: a database that is away replaces no machine.
resource "google_compute_region_health_check" "worker" {
  project             = var.project
  region              = var.region
  name                = "banneton-worker"
  check_interval_sec  = 15
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 4

  http_health_check {
    port         = local.port
    request_path = "/healthz"
  }
}

resource "google_compute_region_instance_group_manager" "worker" {
  project                   = var.project
  region                    = var.region
  name                      = "banneton-worker"
  base_instance_name        = "banneton-worker"
  distribution_policy_zones = var.zones
  target_size               = 1

  version {
    instance_template = google_compute_region_instance_template.worker.self_link
  }

  auto_healing_policies {
    health_check = google_compute_region_health_check.worker.id
    # The first boot installs and starts: a shorter delay would replace it while it does.
    initial_delay_sec = 300
  }

  # The new machine before the old one goes; two workers at once are safe, none is an alert. A group of
  # several zones wants the surge to be at least their number.
  update_policy {
    type                  = "PROACTIVE"
    minimal_action        = "REPLACE"
    replacement_method    = "SUBSTITUTE"
    max_surge_fixed       = length(var.zones)
    max_unavailable_fixed = 0
  }
}

# By identity and not by tag: whoever may edit a machine could give it a tag.
resource "google_compute_firewall" "health" {
  project                 = var.project
  name                    = "banneton-worker-health"
  network                 = var.network
  direction               = "INGRESS"
  priority                = 900
  source_ranges           = local.health_check_ranges
  target_service_accounts = [var.service_account]

  allow {
    protocol = "tcp"
    ports    = [tostring(local.port)]
  }
}

# Prometheus in the cluster reads /metrics of the same port.
resource "google_compute_firewall" "metrics" {
  count                   = length(var.metrics_ranges) > 0 ? 1 : 0
  project                 = var.project
  name                    = "banneton-worker-metrics"
  network                 = var.network
  direction               = "INGRESS"
  priority                = 900
  source_ranges           = var.metrics_ranges
  target_service_accounts = [var.service_account]

  allow {
    protocol = "tcp"
    ports    = [tostring(local.port)]
  }
}
