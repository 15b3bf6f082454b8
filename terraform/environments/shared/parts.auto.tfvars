project      = "banneton-shared"
environments = {}
