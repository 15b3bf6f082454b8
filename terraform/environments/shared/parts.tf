# One build for all environments: its worker binaries and function bundles.
module "artefacts" {
  source  = "../../modules/artefacts"
  project = var.project
  region  = var.region
  writer  = "banneton-build@${var.project}.iam.gserviceaccount.com"
  readers = merge([
    for name, each in var.environments : {
      "${name}/worker"    = "banneton-worker@${each.project}.iam.gserviceaccount.com"
      "${name}/functions" = "banneton-functions-build@${each.project}.iam.gserviceaccount.com"
      # Google's own account of functions fetches the bundle before the build does.
      "${name}/agent" = "service-${each.number}@gcf-admin-robot.iam.gserviceaccount.com"
    }
  ]...)
}
