mock_provider "google" {}

variables {
  project = "banneton-test"
  region  = "europe-west3"
  accessors = {
    banneton-auth-secret = ["banneton-web@banneton-test.iam.gserviceaccount.com"]
    banneton-redis-url   = ["banneton-web@banneton-test.iam.gserviceaccount.com", "banneton-worker@banneton-test.iam.gserviceaccount.com"]
  }
}

run "each_secret_has_its_own_readers" {
  command = plan
  assert {
    condition     = toset(keys(google_secret_manager_secret_iam_member.accessor)) == toset(["banneton-auth-secret/banneton-web", "banneton-redis-url/banneton-web", "banneton-redis-url/banneton-worker"])
    error_message = "Somebody reads what is not theirs."
  }
}
