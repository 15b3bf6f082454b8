# GitHub's and Google's numbers are those of whoever runs it: docs/first-deploy.md.
project_number = "000000000000"
github = {
  repository    = "banneton/banneton"
  repository_id = "0"
  owner_id      = "0"
}
appliers = {
  dev  = { project = "banneton-dev", environment = "dev" }
  prod = { project = "banneton-prod", environment = "production" }
}
