output "state_buckets" {
  value = { for name, bucket in google_storage_bucket.state : name => bucket.name }
}
