package quicksight

import "net/http"

// table returns the operations that the service has, each with the resource that
// it is authorised on; nil is "*". Any other operation of the API answers 501.
func (s *Service) table() map[string]operation {
	t := map[string]operation{
		"CreateNamespace":   serve(createNamespace).answers(http.StatusAccepted),
		"DescribeNamespace": serve(describeNamespace),
		"ListNamespaces":    serveOn(nil, listNamespaces),
		"DeleteNamespace":   serve(deleteNamespace).answers(http.StatusAccepted),

		"RegisterUser":            serveOn((*userInput).registered, registerUser).answers(http.StatusCreated),
		"DescribeUser":            serve(describeUser),
		"ListUsers":               serveOn(nil, listUsers),
		"UpdateUser":              serve(updateUser),
		"DeleteUser":              serve(deleteUser),
		"DeleteUserByPrincipalId": serveOn(nil, deleteUserByPrincipalID).alone(),
		"ListUserGroups":          serve(listUserGroups),

		"CreateGroup":             serve(createGroup).answers(http.StatusCreated),
		"DescribeGroup":           serve(describeGroup),
		"UpdateGroup":             serve(updateGroup),
		"DeleteGroup":             serve(deleteGroup),
		"ListGroups":              serveOn(nil, listGroups),
		"SearchGroups":            serveOn(nil, searchGroups),
		"CreateGroupMembership":   serve(createGroupMembership),
		"DescribeGroupMembership": serve(describeGroupMembership),
		"DeleteGroupMembership":   serve(deleteGroupMembership),
		"ListGroupMemberships":    serve(listGroupMemberships),

		"CreateDataSource":   serve(createDataSource).alone().answers(http.StatusAccepted),
		"DescribeDataSource": serve(describeDataSource),
		"UpdateDataSource":   serve(updateDataSource).answers(http.StatusAccepted),
		"DeleteDataSource":   serve(deleteDataSource).alone(),
		"ListDataSources":    serveOn(nil, listDataSources),
		"SearchDataSources":  serveOn(nil, searchDataSources),

		"CreateDataSet":   serve(createDataSet).answers(http.StatusCreated),
		"DescribeDataSet": serve(found(describeDataSet)),
		"UpdateDataSet":   serve(updateDataSet),
		"DeleteDataSet":   serve(found(deleteDataSet)).alone(),
		"ListDataSets":    serveOn(nil, listDataSets),
		"SearchDataSets":  serveOn(nil, listDataSets),

		"CreateIngestion":   serve(found(createIngestion)).alone().answers(http.StatusCreated),
		"DescribeIngestion": serve(describeIngestion),
		"ListIngestions":    serve(found(listIngestions)),
		"CancelIngestion":   serve(cancelIngestion),

		"CreateRefreshSchedule":            serve(createRefreshSchedule).alone(),
		"DescribeRefreshSchedule":          serve(found(describeRefreshSchedule)),
		"UpdateRefreshSchedule":            serve(updateRefreshSchedule).alone(),
		"DeleteRefreshSchedule":            serve(found(deleteRefreshSchedule)).alone(),
		"ListRefreshSchedules":             serveOn((*scheduleInput).set, listRefreshSchedules),
		"PutDataSetRefreshProperties":      serve(found(putDataSetRefreshProperties)).alone(),
		"DescribeDataSetRefreshProperties": serve(found(describeDataSetRefreshProperties)),
		"DeleteDataSetRefreshProperties":   serve(found(deleteDataSetRefreshProperties)).alone(),

		"CreateDashboard":                 serve(createDashboard).alone().answers(http.StatusAccepted),
		"DescribeDashboard":               serve(describeDashboard),
		"DescribeDashboardDefinition":     serve(describeDashboardDefinition),
		"UpdateDashboard":                 serve(found(updateDashboard)).alone().answers(http.StatusAccepted),
		"UpdateDashboardLinks":            serve(found(updateDashboardLinks)).alone(),
		"UpdateDashboardPublishedVersion": serve(updateDashboardPublishedVersion).alone(),
		"DeleteDashboard":                 serve(found(deleteDashboard)).alone(),
		"ListDashboards":                  serveOn(nil, listDashboards),
		"SearchDashboards":                serveOn(nil, listDashboards),
		"ListDashboardVersions":           serve(found(listDashboardVersions)),

		"CreateAnalysis":             serve(createAnalysis).alone().answers(http.StatusAccepted),
		"DescribeAnalysis":           serve(found(describeAnalysis)),
		"DescribeAnalysisDefinition": serve(found(describeAnalysisDefinition)),
		"UpdateAnalysis":             serve(found(updateAnalysis)).alone().answers(http.StatusAccepted),
		"DeleteAnalysis":             serve(found(deleteAnalysis)).alone(),
		"RestoreAnalysis":            serve(found(restoreAnalysis)).alone(),
		"ListAnalyses":               serveOn(nil, listAnalyses),
		"SearchAnalyses":             serveOn(nil, listAnalyses),

		"CreateFolder":                      serve(createFolder).alone(),
		"DescribeFolder":                    serve(found(describeFolder)),
		"UpdateFolder":                      serve(found(updateFolder)).alone(),
		"DeleteFolder":                      serve(found(deleteFolder)).alone(),
		"ListFolders":                       serveOn(nil, listFolders),
		"SearchFolders":                     serveOn(nil, listFolders),
		"CreateFolderMembership":            serve(createFolderMembership).alone(),
		"DeleteFolderMembership":            serve(deleteFolderMembership).alone(),
		"ListFolderMembers":                 serve(listFolderMembers),
		"ListFoldersForResource":            serveOn((*folderInput).about, listFoldersForResource),
		"DescribeFolderResolvedPermissions": serve(describeFolderResolvedPermissions),

		"TagResource":         serve(found(tagResource)).alone(),
		"UntagResource":       serve(found(untagResource)).alone(),
		"ListTagsForResource": serve(found(listTagsForResource)),

		"DescribeAccountSubscription": serveOn(nil, describeAccountSubscription),
		"DescribeAccountSettings":     serveOn(nil, describeAccountSettings),
		"UpdatePublicSharingSettings": serveOn(nil, updatePublicSharingSettings).alone(),
		"DescribeIpRestriction":       serveOn(nil, describeIPRestriction),
		"UpdateIpRestriction":         serveOn(nil, updateIPRestriction).alone(),
		"UpdateAccountSettings":       serveOn(nil, updateAccountSettings).alone(),
		"UpdateKeyRegistration":       serveOn(nil, updateKeyRegistration),
		"DescribeKeyRegistration":     serveOn(nil, describeKeyRegistration),

		"GenerateEmbedUrlForAnonymousUser":              serveOn(itself, generateEmbedURL),
		"GenerateEmbedUrlForRegisteredUser":             serveOn(itself, generateRegisteredURL),
		"GenerateEmbedUrlForRegisteredUserWithIdentity": serveOn(itself, generateIdentityURL),
	}
	for _, k := range s.kinds() {
		t["Describe"+k.api+"Permissions"], t["Update"+k.api+"Permissions"] = s.permissionOperations(k)
	}
	t["DescribeFolderPermissions"] = serve(describeFolderPermissions) // in pages
	return t
}
