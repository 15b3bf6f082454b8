project = "banneton-shared"
projects = {
  shared = "banneton-shared"
  dev    = "banneton-dev"
  prod   = "banneton-prod"
}
