package quicksight

// table returns the operations that the service has, each with the resource that
// it is authorised on; nil is "*". Any other operation of the API answers 501.
func (s *Service) table() map[string]operation {
	t := map[string]operation{
		"CreateNamespace":   serve(on((*namespaceInput).resource), createNamespace),
		"DescribeNamespace": serve(on((*namespaceInput).resource), describeNamespace),
		"ListNamespaces":    serve(nil, listNamespaces),
		"DeleteNamespace":   serve(on((*namespaceInput).resource), deleteNamespace),

		"RegisterUser":            serve(on((*userInput).registered), registerUser),
		"DescribeUser":            serve(on((*userInput).resource), describeUser),
		"ListUsers":               serve(nil, listUsers),
		"UpdateUser":              serve(on((*userInput).resource), updateUser),
		"DeleteUser":              serve(on((*userInput).resource), deleteUser),
		"DeleteUserByPrincipalId": serve(nil, deleteUserByPrincipalID),
		"ListUserGroups":          serve(on((*userInput).resource), listUserGroups),

		"CreateGroup":             serve(on((*groupInput).resource), createGroup),
		"DescribeGroup":           serve(on((*groupInput).resource), describeGroup),
		"UpdateGroup":             serve(on((*groupInput).resource), updateGroup),
		"DeleteGroup":             serve(on((*groupInput).resource), deleteGroup),
		"ListGroups":              serve(nil, listGroups),
		"SearchGroups":            serve(nil, searchGroups),
		"CreateGroupMembership":   serve(on((*groupInput).resource), createGroupMembership),
		"DescribeGroupMembership": serve(on((*groupInput).resource), describeGroupMembership),
		"DeleteGroupMembership":   serve(on((*groupInput).resource), deleteGroupMembership),
		"ListGroupMemberships":    serve(on((*groupInput).resource), listGroupMemberships),

		"CreateDataSource":   serve(on((*dataSourceInput).resource), createDataSource),
		"DescribeDataSource": serve(on((*dataSourceInput).resource), describeDataSource),
		"UpdateDataSource":   serve(on((*dataSourceInput).resource), updateDataSource),
		"DeleteDataSource":   serve(on((*dataSourceInput).resource), deleteDataSource),
		"ListDataSources":    serve(nil, listDataSources),
		"SearchDataSources":  serve(nil, searchDataSources),

		"CreateDataSet":   serve(on((*dataSetInput).resource), createDataSet),
		"DescribeDataSet": serve(on((*dataSetInput).resource), describeDataSet),
		"UpdateDataSet":   serve(on((*dataSetInput).resource), updateDataSet),
		"DeleteDataSet":   serve(on((*dataSetInput).resource), deleteDataSet),
		"ListDataSets":    serve(nil, listDataSets),
		"SearchDataSets":  serve(nil, listDataSets),

		"CreateIngestion":   serve(on((*ingestionInput).resource), createIngestion),
		"DescribeIngestion": serve(on((*ingestionInput).resource), describeIngestion),
		"ListIngestions":    serve(on((*ingestionInput).resource), listIngestions),
		"CancelIngestion":   serve(on((*ingestionInput).resource), cancelIngestion),

		"CreateRefreshSchedule":            serve(on((*scheduleInput).resource), createRefreshSchedule),
		"DescribeRefreshSchedule":          serve(on((*scheduleInput).resource), describeRefreshSchedule),
		"UpdateRefreshSchedule":            serve(on((*scheduleInput).resource), updateRefreshSchedule),
		"DeleteRefreshSchedule":            serve(on((*scheduleInput).resource), deleteRefreshSchedule),
		"ListRefreshSchedules":             serve(on((*scheduleInput).set), listRefreshSchedules),
		"PutDataSetRefreshProperties":      serve(on((*propertiesInput).resource), putDataSetRefreshProperties),
		"DescribeDataSetRefreshProperties": serve(on((*propertiesInput).resource), describeDataSetRefreshProperties),
		"DeleteDataSetRefreshProperties":   serve(on((*propertiesInput).resource), deleteDataSetRefreshProperties),

		"CreateDashboard":                 serve(on((*dashboardInput).resource), createDashboard),
		"DescribeDashboard":               serve(on((*dashboardInput).resource), describeDashboard),
		"DescribeDashboardDefinition":     serve(on((*dashboardInput).resource), describeDashboardDefinition),
		"UpdateDashboard":                 serve(on((*dashboardInput).resource), updateDashboard),
		"UpdateDashboardLinks":            serve(on((*dashboardInput).resource), updateDashboardLinks),
		"UpdateDashboardPublishedVersion": serve(on((*dashboardInput).resource), updateDashboardPublishedVersion),
		"DeleteDashboard":                 serve(on((*dashboardInput).resource), deleteDashboard),
		"ListDashboards":                  serve(nil, listDashboards),
		"SearchDashboards":                serve(nil, listDashboards),
		"ListDashboardVersions":           serve(on((*dashboardInput).resource), listDashboardVersions),

		"CreateAnalysis":             serve(on((*analysisInput).resource), createAnalysis),
		"DescribeAnalysis":           serve(on((*analysisInput).resource), describeAnalysis),
		"DescribeAnalysisDefinition": serve(on((*analysisInput).resource), describeAnalysisDefinition),
		"UpdateAnalysis":             serve(on((*analysisInput).resource), updateAnalysis),
		"DeleteAnalysis":             serve(on((*analysisInput).resource), deleteAnalysis),
		"RestoreAnalysis":            serve(on((*analysisInput).resource), restoreAnalysis),
		"ListAnalyses":               serve(nil, listAnalyses),
		"SearchAnalyses":             serve(nil, listAnalyses),

		"CreateFolder":                      serve(on((*folderInput).resource), createFolder),
		"DescribeFolder":                    serve(on((*folderInput).resource), describeFolder),
		"UpdateFolder":                      serve(on((*folderInput).resource), updateFolder),
		"DeleteFolder":                      serve(on((*folderInput).resource), deleteFolder),
		"ListFolders":                       serve(nil, listFolders),
		"SearchFolders":                     serve(nil, listFolders),
		"CreateFolderMembership":            serve(on((*folderInput).resource), createFolderMembership),
		"DeleteFolderMembership":            serve(on((*folderInput).resource), deleteFolderMembership),
		"ListFolderMembers":                 serve(on((*folderInput).resource), listFolderMembers),
		"ListFoldersForResource":            serve(on((*folderInput).about), listFoldersForResource),
		"DescribeFolderResolvedPermissions": serve(on((*folderInput).resource), describeFolderResolvedPermissions),

		"TagResource":         serve(on((*tagsInput).resource), tagResource),
		"UntagResource":       serve(on((*tagsInput).resource), untagResource),
		"ListTagsForResource": serve(on((*tagsInput).resource), listTagsForResource),

		"DescribeAccountSubscription": serve(nil, describeAccountSubscription),
		"DescribeAccountSettings":     serve(nil, describeAccountSettings),
		"UpdatePublicSharingSettings": serve(nil, updatePublicSharingSettings),
		"DescribeIpRestriction":       serve(nil, describeIPRestriction),
		"UpdateIpRestriction":         serve(nil, updateIPRestriction),
		"UpdateAccountSettings":       serve(nil, updateAccountSettings),
		"UpdateKeyRegistration":       serve(nil, updateKeyRegistration),
		"DescribeKeyRegistration":     serve(nil, describeKeyRegistration),

		"GenerateEmbedUrlForAnonymousUser":              serve(itself, generateEmbedURL),
		"GenerateEmbedUrlForRegisteredUser":             serve(itself, generateRegisteredURL),
		"GenerateEmbedUrlForRegisteredUserWithIdentity": serve(itself, generateIdentityURL),
	}
	for _, k := range []assetKind{s.dataSources(), s.dataSets(), s.dashboards(), s.analyses(), s.folders()} {
		t["Describe"+k.api+"Permissions"], t["Update"+k.api+"Permissions"] = s.permissionOperations(k)
	}
	t["DescribeFolderPermissions"] = serve(on((*folderInput).resource), describeFolderPermissions) // in pages
	return t
}

// on turns a method that names the resource of a request into a function.
func on[In any](method func(in *In, s *Service) string) func(s *Service, in *In) string {
	return func(s *Service, in *In) string { return method(in, s) }
}
