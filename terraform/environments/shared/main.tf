# Whoever builds: the one identity that writes images, binaries and bundles. It cannot deploy them.
module "iam" {
  source  = "../../modules/iam"
  project = var.project
  processes = {
    build   = "Builds and pushes, from main alone."
    promote = "Reads signatures and provenance before a promotion."
  }
}

module "registry" {
  source  = "../../modules/registry"
  project = var.project
  region  = var.region
  writer  = module.iam.emails["build"]
  readers = merge(
    { promote = module.iam.emails["promote"] },
    { for name, each in var.environments : "${name}/nodes" => "banneton-nodes@${each.project}.iam.gserviceaccount.com" },
  )
}

module "github" {
  source         = "../../modules/github-wif"
  project        = var.project
  project_number = var.project_number
  repository     = var.github.repository
  repository_id  = var.github.repository_id
  owner_id       = var.github.owner_id
  subjects = merge(
    { build = { project = var.project, email = module.iam.emails["build"], subject = "ref:refs/heads/main" } },
    {
      for name, each in var.appliers : "apply-${name}" => {
        project = each.project, email = "banneton-apply@${each.project}.iam.gserviceaccount.com", subject = "environment:${each.environment}"
      }
    },
    # An environment of its own: in dev's it could become the account that applies.
    var.loadtest_project == "" ? {} : {
      loadtest = {
        project = var.loadtest_project, email = "banneton-loadtest@${var.loadtest_project}.iam.gserviceaccount.com", subject = "environment:load-test"
      }
    },
  )
  readers = merge(
    { promote = { project = var.project, email = module.iam.emails["promote"] } },
    {
      for name, each in var.appliers : "plan-${name}" => {
        project = each.project, email = "banneton-plan@${each.project}.iam.gserviceaccount.com"
      }
    },
  )
}
