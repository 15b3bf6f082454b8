mock_provider "google" {}

variables {
  project             = "banneton-test"
  region              = "europe-west3"
  name                = "banneton"
  is_prod             = true
  tier                = "db-custom-2-8192"
  private_network     = "projects/banneton-test/global/networks/banneton"
  has_reports_replica = true
}

run "prod_survives_a_zone_and_a_careless_plan" {
  command = plan
  assert {
    condition     = google_sql_database_instance.this.settings[0].availability_type == "REGIONAL"
    error_message = "One zone takes the database along."
  }
  assert {
    condition     = google_sql_database_instance.this.deletion_protection && google_sql_database_instance.this.settings[0].deletion_protection_enabled
    error_message = "The database can be deleted."
  }
  assert {
    condition     = google_sql_database_instance.reports[0].master_instance_name == "banneton"
    error_message = "Reports read something else."
  }
}

run "dev_has_no_second_zone_but_the_same_backups" {
  command = plan
  variables {
    is_prod             = false
    has_reports_replica = false
  }
  assert {
    condition     = google_sql_database_instance.this.settings[0].backup_configuration[0].point_in_time_recovery_enabled
    error_message = "Dev cannot go back in time."
  }
  assert {
    condition     = length(google_sql_database_instance.reports) == 0
    error_message = "A replica that nobody asked for."
  }
}
