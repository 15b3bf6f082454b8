output "image" {
  value = module.registry.image
}

output "github_provider" {
  value = module.github.provider
}
