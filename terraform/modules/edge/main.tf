# What is the Internet's side of the app: the Gateway, in Kubernetes, refers to all of it by name.
resource "google_compute_global_address" "web" {
  project = var.project
  name    = "banneton-web"
}

# TLS 1.2 and newer, with forward secrecy: what browsers of the last ten years speak.
resource "google_compute_ssl_policy" "modern" {
  project         = var.project
  name            = "banneton-modern"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

locals {
  hosts = { web = var.host, static = var.static_host }
}

# Proved by a record of the DNS: the certificate is there before the first request is.
resource "google_certificate_manager_dns_authorization" "host" {
  for_each = local.hosts
  project  = var.project
  name     = "banneton-${each.key}"
  domain   = each.value
}

resource "google_certificate_manager_certificate" "host" {
  for_each = local.hosts
  project  = var.project
  name     = "banneton-${each.key}"

  # Google renews it; no key of it is ever anywhere that we could lose it.
  managed {
    domains            = [each.value]
    dns_authorizations = [google_certificate_manager_dns_authorization.host[each.key].id]
  }
}

resource "google_certificate_manager_certificate_map" "edge" {
  project = var.project
  name    = "banneton"
}

resource "google_certificate_manager_certificate_map_entry" "host" {
  for_each     = local.hosts
  project      = var.project
  name         = "banneton-${each.key}"
  map          = google_certificate_manager_certificate_map.edge.name
  hostname     = each.value
  certificates = [google_certificate_manager_certificate.host[each.key].id]
}
