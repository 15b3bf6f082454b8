mock_provider "google" {}

variables {
  project       = "banneton-test"
  host          = "app.banneton.example"
  static_host   = "static.banneton.example"
  static_bucket = "banneton-test-static"
}

run "known_attacks_are_refused" {
  command = plan

  assert {
    condition     = alltrue([for set in ["sqli", "xss", "lfi", "rce", "protocolattack"] : anytrue([for each in google_compute_security_policy.web.rule : each.action == "deny(403)" && !each.preview && strcontains(try(each.match[0].expr[0].expression, ""), set)])])
    error_message = "The preconfigured rules must refuse, and not only log."
  }
}

run "a_flood_from_one_address_is_refused" {
  command = plan

  assert {
    condition     = anytrue([for each in google_compute_security_policy.web.rule : each.action == "rate_based_ban" && try(each.rate_limit_options[0].enforce_on_key, "") == "IP" && try(each.rate_limit_options[0].rate_limit_threshold[0].count, 0) == 3000])
    error_message = "One address has 3000 requests a minute."
  }
}

run "old_tls_is_refused" {
  command = plan

  assert {
    condition     = google_compute_ssl_policy.modern.min_tls_version == "TLS_1_2" && google_compute_ssl_policy.modern.profile == "MODERN"
    error_message = "TLS 1.2 at least."
  }
  assert {
    condition     = google_compute_global_forwarding_rule.static.port_range == "443"
    error_message = "Nothing without TLS."
  }
}

run "files_come_from_the_edge" {
  command = plan

  assert {
    condition     = google_compute_backend_bucket.static.enable_cdn && google_compute_backend_bucket.static.bucket_name == "banneton-test-static"
    error_message = "Cloud CDN before the static bucket."
  }
}

run "the_apps_own_host_is_refused_for_files" {
  command = plan
  variables {
    static_host = "app.banneton.example"
  }
  expect_failures = [var.static_host]
}
